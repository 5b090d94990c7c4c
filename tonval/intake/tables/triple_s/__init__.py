"""Triple-S (www.triple-s.org, XML 1.1 to 2.0): a definition of variables in XML beside a file of fixed columns or CSV.

Law: codes become the texts that the definition gives them; several surveys or levels in one definition are refused.
"""
