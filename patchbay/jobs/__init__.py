"""The durable queue of jobs and their history."""
