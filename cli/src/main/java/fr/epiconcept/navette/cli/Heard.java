package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import fr.epiconcept.navette.flux.view.LifeEvent;

/**
 * An event, and who told of it.
 *
 * @param server {@code ingest} or {@code worker} on this machine, else the name of the other one
 */
record Heard(String server, @JsonUnwrapped LifeEvent event) {}
