"""Where a call's code runs: here in a thread, and behind the same seam anywhere else."""
