<?php
/*
 * A sample check for a flux of HL7 v2 messages: it looks at the envelope only, so that what is no
 * message at all never leaves the file server.
 *
 *     check: [php, /usr/local/lib/navette/check-hl7.php, "{file}"]
 *
 *     exit 0    good: the file goes to the processing server
 *     exit 75   not yet: asked again in 10 seconds (here: the file ends within a segment)
 *     exit 1    refused: the file goes to quarantine, with what is printed here beside it
 */

declare(strict_types=1);

$in = @fopen($argv[1] ?? '', 'rb');
if ($in === false) {
    echo "the file cannot be read\n";
    exit(75);
}
$start = (string) fread($in, 8);
if (preg_match('/^MSH([^A-Za-z0-9])[^A-Za-z0-9]{3,5}\1?/', $start) !== 1) {
    echo 'no HL7 message: it begins with ' . json_encode($start, JSON_INVALID_UTF8_SUBSTITUTE) . ", not with MSH\n";
    exit(1);
}
fseek($in, -1, SEEK_END);
if (!in_array(fread($in, 1), ["\r", "\n", "\x1C"], true)) {
    echo "the last segment has no end: is it still being written?\n";
    exit(75);
}
exit(0);
