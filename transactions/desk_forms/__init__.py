"""Forms of the desk, one module per page: they read and refuse, they save nothing."""
