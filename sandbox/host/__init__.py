"""What the sandbox asks of this machine: processes, listening sockets, loopback addresses."""
