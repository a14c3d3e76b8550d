"""The receipt of a delivered order: what stands on it, and the forms in which it leaves the portal.

`content` says what stands on it, once; paper (a page, or bytes for a printer), picture and message show that.
"""
