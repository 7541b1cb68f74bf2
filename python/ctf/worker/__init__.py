"""The program that CTF starts; main.py is its beginning. What both say to each other stands in
src/worker/protocol.ts of CTF."""
