/**
 * Where the side that sends keeps what it sent until the other side has it: a folder a flux, in it
 * a folder a state, in it a folder an id, in it the file under its own name.
 *
 * <pre>
 *   claimed/&lt;id&gt;/&lt;name&gt;     taken from its sender; the broker may or may not have it
 *   again/&lt;id&gt;/&lt;name&gt;       was published, but that broker is gone: to be sent once more
 *   published/&lt;id&gt;/&lt;name&gt;   the broker has it; the other side may or may not
 *   arrived/&lt;id&gt;            where the archive has it; the script's outcome is not known yet
 *   companions/&lt;id&gt;         which marker and hash vouched for it, where the flux asks for some
 *   dead/&lt;id&gt;               where the archive has it; it is among the dead letters
 * </pre>
 *
 * <p>The state is the folder: a rename is the transition, {@code ls} is the list, and nothing has
 * to be read to start again.
 */
package fr.epiconcept.navette.flux.spool;
