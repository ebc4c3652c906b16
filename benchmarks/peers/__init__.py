"""What stands beside us in the same run."""
