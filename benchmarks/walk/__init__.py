"""A walk at random: commands, other people's hands, kills and faults in any order, and what must hold after each."""
