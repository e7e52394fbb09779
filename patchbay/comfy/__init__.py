"""ComfyUI's wire forms: the only rooms besides `api` that know of it."""
