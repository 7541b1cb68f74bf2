"""The version of CTF that this code is a part of."""

VERSION = "0.1.0"
