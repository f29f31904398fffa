"""Where declarations are kept. It stores and retrieves, interprets nothing, knows neither FHIR nor HTTP."""

from parcours.store.opening import Store

__all__ = ["Store"]
