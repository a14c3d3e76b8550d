"""Backups of the database, and their way back.

A dump is the whole database as one snapshot, for any PostgreSQL of the same or a later version. A base backup is the
files of the embedded server with the log of what was written while they were copied. Both are taken while selling goes
on. The restored database stands beside the old one until its books are proven; the old one is kept.
"""
