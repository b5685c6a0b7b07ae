"""The background process: started, stopped, described; its gateway, OpenBao and state bucket."""
