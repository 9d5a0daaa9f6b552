"""The HTTP interface for engineers: ``/api/v1`` in the same server as the dashboard, with a token and an OpenAPI document."""

from golive.api.routes import routes

__all__ = ["routes"]
