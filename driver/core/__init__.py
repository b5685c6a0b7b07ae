"""Values, decisions and flows; imports no SDK. Flows reach the world through the ports."""
