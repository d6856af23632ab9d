"""Territories: communes, EPCI, outlines, distances, sampling frame of actors. Actors themselves belong to the world."""
