"""The only place that knows FHIR: bytes to facts, decisions to resources."""
