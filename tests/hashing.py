"""Passwords in tests are kept as in production, by argon2, but with the least work that it allows."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """A tenth of a second and a hundred megabytes less for each of the thousands of people in the tests."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
