"""The respondent's own pages: a survey behind an unguessable link.

Law: opening a link, as a scanner does, answers nothing and uses nothing up; only a POST is an answer.
"""
