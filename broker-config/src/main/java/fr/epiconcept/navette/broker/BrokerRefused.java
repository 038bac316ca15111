package fr.epiconcept.navette.broker;

/** The broker cannot run as configured. The message is one line: what, where, and what to do. */
public final class BrokerRefused extends Exception {
  BrokerRefused(String what) {
    super(what);
  }

  BrokerRefused(String what, Throwable cause) {
    super(what, cause);
  }
}
