"""The sample company: a year of a grocery chain, from a public panel."""
