"""What starts and stops an installation on one machine: the embedded PostgreSQL and the supervisor of `techex run`."""
