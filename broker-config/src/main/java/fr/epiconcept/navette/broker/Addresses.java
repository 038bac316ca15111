package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.FluxName;

/** What queues and roles are called. Each queue bears the name of its address. */
public final class Addresses {
  /** Holds the one message that says which broker this is: see {@link EraKeeper}. */
  public static final String IDENTITY = "navette.identity";

  /** The role of every worker account. */
  public static final String WORKERS = "worker";

  /** The role that may do everything, management included. */
  public static final String ADMIN = "admin";

  /** What workers ask ingest, and what they answer it. */
  public static final String INGEST_ASK = "ingest.ask";

  /** What workers want of the bytes that ingest keeps. */
  public static final String INGEST_FETCH = "ingest.fetch";

  /** What workers ask before they begin what several of them could have, and say of it. */
  public static final String INGEST_BEGIN = "ingest.begin";

  static final String ALL_FLUXES = "flux.";

  static final String ALL_WORKERS = "worker.";

  static final String ASK = ".ask";

  static final String FETCH = ".fetch";

  static final String BEGIN = ".begin";

  private Addresses() {}

  /** Deposits on their way to a worker. */
  public static String deposits(FluxName flux) {
    return ALL_FLUXES + flux;
  }

  /** Receipts, outcomes and acknowledgements on their way back. */
  public static String returns(FluxName flux) {
    return deposits(flux) + ".return";
  }

  /** Deposits that were given up. */
  public static String dead(FluxName flux) {
    return deposits(flux) + ".dead";
  }

  /**
   * Receipts for what a worker sent.
   *
   * @throws IllegalArgumentException if no account may be called so: see {@link FluxName#RULE}
   */
  public static String worker(String account) {
    return ALL_WORKERS + Accounts.checked(account);
  }

  /**
   * What ingest asks a worker, and what it answers it.
   *
   * @throws IllegalArgumentException if no account may be called so: see {@link FluxName#RULE}
   */
  public static String workerAsk(String account) {
    return worker(account) + ASK;
  }

  /**
   * The bytes that a worker wanted.
   *
   * @throws IllegalArgumentException if no account may be called so: see {@link FluxName#RULE}
   */
  public static String workerFetch(String account) {
    return worker(account) + FETCH;
  }

  /**
   * Whether a worker may begin, and what it is asked about what it has begun.
   *
   * @throws IllegalArgumentException if no account may be called so: see {@link FluxName#RULE}
   */
  public static String workerBegin(String account) {
    return worker(account) + BEGIN;
  }

  /** The role that lets a worker serve that flux. */
  public static String fluxRole(FluxName flux) {
    return deposits(flux);
  }

  /**
   * The role that lets a worker read its own receipts.
   *
   * @throws IllegalArgumentException if no account may be called so: see {@link FluxName#RULE}
   */
  public static String workerRole(String account) {
    return worker(account);
  }
}
