package fr.epiconcept.navette.chaos;

/** How a partner brings a file. In each of them he keeps what the product asks of partners. */
enum Way {
  /** Under a hidden name, then renamed. */
  RENAMED,
  /** Under a hidden name, then a hard link: what some servers do in place of a rename. */
  LINKED,
  /** Renamed, under the name that the one before had. */
  SAME_NAME,
  /** Renamed, with an mtime of long ago. */
  OLD,
  /** One of thousands within a moment, renamed. */
  BURST,
  /** By OpenSSH under a temporary name, then renamed. */
  SFTP,
  /** The same; the first try is cut in the middle. */
  SFTP_CUT,
  /** Under its final name in pieces, closed and opened again, with pauses; then its marker. */
  SLOW,
  /** By OpenSSH under its final name; then its marker. */
  MARKED,
  /** The same; the first try is cut in the middle. */
  MARKED_CUT
}
