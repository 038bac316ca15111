package fr.epiconcept.navette.chaos;

import java.nio.file.Path;

/**
 * The script of every flux. It does what the first line of its file says, and writes a journal of
 * its own on a disk that no fault touches:
 *
 * <pre>
 * start ID ATTEMPT PID
 * read  ID ATTEMPT PID SERIAL SHA256 NAME   with its sub-folder
 * end   ID ATTEMPT PID EXIT                 just before it ends so
 * will  ID ATTEMPT PID ANSWER               a late answer is about to be handed in
 * late  ID ATTEMPT PID ANSWER               and was
 * </pre>
 *
 * <p>ATTEMPT is {@code SERVER/ATTEMPT}: each processing server counts its own.
 *
 * <p>Whatever the machine refuses it (its file, its folder for answers), it answers 75.
 */
final class Script {
  private Script() {}

  static String text(Flux flux, Front front, Path journal, Path out, long shout) {
    return TEXT.replace("JOURNAL", journal.toString())
        .replace("WORKER_OUT", out.toString())
        .replace("SHOUT", Long.toString(shout))
        .replace("SERVER", Integer.toString(front.number))
        .replace("FLUX", flux.label());
  }

  /** What the check of a flux does. */
  static String check() {
    return """
        #!/bin/sh
        read -r chaos serial kind rest <"$1" || exit 75
        [ "$kind" != REFUSED ] || { echo "file $serial is to be refused"; exit 1; }
        """;
  }

  private static final String TEXT =
      """
      #!/bin/sh
      # flux FLUX
      run="$NAVETTE_ID SERVER/$NAVETTE_ATTEMPT $$"
      below="${NAVETTE_SUBFOLDER:+$NAVETTE_SUBFOLDER/}"
      say() {
        printf '%s\\n' "$*" >>'JOURNAL'
      }
      finish() { # exit code
        say "end $run $1"
        exit "$1"
      }
      # Whole under its name, or not at all
      hand_in() { # folder, name, text
        { printf '%s\\n' "$3" && { [ -z "$copy" ] || cat "$NAVETTE_FILE"; }; } >"$1/.$2" &&
          mv "$1/.$2" "$1/$2"
      } 2>/dev/null
      late() { # name, text
        copy=
        say "will $run $1"
        sleep 0.7
        until hand_in 'WORKER_OUT' "$1" "$2"; do sleep 0.3; done
        say "late $run $1"
      }

      say "start $run"
      { sum=$(sha256sum <"$NAVETTE_FILE") && read -r chaos serial kind later answers late nap \\
        <"$NAVETTE_FILE"; } 2>/dev/null || finish 75
      say "read $run $serial ${sum%% *} $below$NAVETTE_NAME"
      [ "$nap" = 0 ] || sleep "0.$nap"
      case $kind in
        CRASHES) say "end $run 137"; kill -KILL $$ ;;
        HANGS) say "end $run 124"; sleep 100 ;;
        STUBBORN) trap '' TERM; say "end $run 124"; while :; do sleep 100; done ;;
        FORKS) sleep 5 & ;;
        SHOUTS) head -c SHOUT /dev/zero | tr '\\000' n | fold -w 1000 ;;
        HALF)
          if [ "$NAVETTE_ATTEMPT" = 1 ]; then
            printf half >"$NAVETTE_OUT/ack-$serial-1"
            printf half >"WORKER_OUT/half-$serial.part"
            finish 75
          fi ;;
      esac 2>/dev/null
      [ "$NAVETTE_ATTEMPT" -gt "$later" ] || finish 75
      i=0
      while [ "$i" -lt "$answers" ]; do
        i=$((i + 1))
        copy=$i
        [ "$i" = 1 ] || copy=
        hand_in "$NAVETTE_OUT/$below" "ack-$serial-$i" "answer $i to $serial by $run" || finish 75
      done
      [ "$kind" != FAILS ] || finish 3
      if [ "$late" -gt 0 ]; then
        name="late-$serial-$NAVETTE_ATTEMPT-$$"
        late "$name" "late answer $name" >/dev/null 2>&1 </dev/null &
      fi
      [ "$kind" != DELETES ] || rm -f "$NAVETTE_FILE" || finish 75
      finish 0
      """;
}
