"""The course around the models: its lessons, running them, and what they promise.

Nothing here knows statistics, and no model knows that there are lessons.
"""
