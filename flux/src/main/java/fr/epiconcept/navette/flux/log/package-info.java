/**
 * The log of a flux: what happened to which file, one event a line, for people and for {@code
 * navette report}.
 *
 * <p>The door is {@link fr.epiconcept.navette.flux.log.FluxLogs}: it opens a {@link
 * fr.epiconcept.navette.flux.log.FluxLog} for each flux. {@link
 * fr.epiconcept.navette.flux.log.LogLine} is one line as a value and reads back what was written.
 *
 * <h2>Grammar</h2>
 *
 * A log is UTF-8. Each line ends with a line feed and is one event:
 *
 * <pre>
 * line   = time " " level " " id " " event *( " " key "=" value )
 * time   = ISO 8601 with three decimals and an offset: 2026-11-23T18:04:09.123+01:00
 * level  = "INFO" / "WARN" / "ERROR"
 * id     = file id of 26 characters / "-"            ; "-": the event concerns no single file
 * event  = a-z *( a-z / 0-9 / "-" )
 * key    = a-z *( a-z / A-Z / 0-9 / "-" / "_" / "." ) ; each key at most once in a line
 * value  = bare / quoted
 * bare   = 1*( A-Z / a-z / 0-9 / "." / "_" / ":" / "/" / "@" / "%" / "+" / "," / "-" )
 * quoted = DQUOTE *( plain / escape ) DQUOTE
 * plain  = any character but DQUOTE, "\" and those that are never written as they are
 * escape = "\" DQUOTE / "\\" / "\n" / "\r" / "\t" / "\" "u{" 1*6HEXDIG "}"
 * </pre>
 *
 * Never written as they are: control characters, line and paragraph separators, format characters
 * (which hold the controls of text direction) and lone surrogates. So no value, whatever a partner
 * calls a file, can end a line, begin a key or turn the text around.
 *
 * <p>A line that a full disk or a crash cut short is ended by {@code ~} when writing goes on. No
 * line of the grammar holds that sign outside quotes, and a cut within quotes leaves them open, so
 * a reader drops such a line and never takes half a number for a number.
 *
 * <p>A last line without its line feed is not whole yet, or never will be (logrotate's {@code
 * copytruncate} may cut one): a reader leaves it alone.
 *
 * <p>{@code log-gap lost=N} says that {@code N} events before it could not be written.
 */
package fr.epiconcept.navette.flux.log;
