"""Many files: the plan, who does it, and the one loop that notes what became of each."""
