"""HTTP and WebSocket: Patchbay's server."""
