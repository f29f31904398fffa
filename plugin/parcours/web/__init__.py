"""Faces over HTTP: they take bytes, call the service and render; they compute nothing."""

from parcours.web.app import create_app

__all__ = ["create_app"]
