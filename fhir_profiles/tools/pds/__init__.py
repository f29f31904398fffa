"""Tools that build and check what is published to FHIR engineers. Users of the service need none of them."""
