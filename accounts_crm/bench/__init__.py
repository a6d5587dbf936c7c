"""The project's benchmark: each figure beside a bare baseline measured in the same run.

Works on the database as it is and leaves it as it was: all it writes is rolled back. May import
every floor.
"""
