"""The form on paper. Knows a ``Declaration``, nothing of FHIR, HTTP or storage."""
