"""The rollout of a release: started, proved, taken back, and a restart."""
