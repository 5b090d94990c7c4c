"""Prompts as sound: taken in, converted to 8 kHz mono, levelled, or spoken by a synthetic voice.

Law: a foreign file is touched only by ffmpeg behind white-lists and limits, and a file that is no audio leaves the
old prompt in place.
"""
