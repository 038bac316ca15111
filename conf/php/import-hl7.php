<?php
/*
 * A sample script for a flux of HL7 v2 messages: copy it, and put your application where store() is.
 *
 *     script: [php, /space/www/labo/import-hl7.php, "{file}"]
 *     env: {HL7_DATABASE: /space/www/labo/database}
 *
 * Navette reads three things from a script: its exit code, the files it leaves in the folder
 * $NAVETTE_OUT, and what it prints (it goes to the flux's log).
 *
 *     exit 0    processed; the answer was AA
 *     exit 75   again later: the database is away. Navette keeps the file and its place in the line
 *     exit 1    rejected; the answer is AE, and the file is put among the dead letters
 *
 * A machine that dies while this runs leaves nobody knowing how far it came: the file is then given
 * to this script once more (on-interrupt: rerun). So what is stored twice must be stored once: here
 * by a key made of the sender and the message's own number, in your application by a unique index.
 */

declare(strict_types=1);

const PROCESSED = 0;
const REJECTED = 1;
const AGAIN_LATER = 75;
const JSON_SHOWN = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;

/** What is wrong with a message, for its sender. */
final class Rejected extends Exception
{
    public function __construct(public readonly string $where, public readonly int $hl7Code, string $why)
    {
        parent::__construct($why);
    }
}

/** The database, or the disk, cannot be written now. */
final class NotNow extends Exception
{
}

/** A message of HL7 v2: segments by their name, fields by the number the standard gives them. */
final class Message
{
    private readonly string $separator;
    private readonly string $component;
    /** @var list<list<string>> */
    private array $segments = [];

    public function __construct(string $bytes)
    {
        if (!str_starts_with($bytes, 'MSH') || strlen($bytes) < 8) {
            throw new Rejected('MSH^1', 100, 'no MSH segment at the beginning');
        }
        $this->separator = $bytes[3];
        $this->component = $bytes[4];
        // Segments end with a carriage return; some senders use what their system ends lines with
        foreach (preg_split('/\r\n|\r|\n/', $bytes, -1, PREG_SPLIT_NO_EMPTY) as $line) {
            $fields = explode($this->separator, $line);
            if ($fields[0] === 'MSH') {
                array_splice($fields, 1, 0, [$this->separator]); // the separator is MSH-1 itself
            }
            $this->segments[] = $fields;
        }
    }

    /** The first segment of that name has this in that field; empty if it has not. */
    public function field(string $segment, int $number): string
    {
        return $this->all($segment)[0][$number] ?? '';
    }

    /** @return list<list<string>> */
    public function all(string $segment): array
    {
        return array_values(array_filter($this->segments, fn ($fields) => $fields[0] === $segment));
    }

    /** @return list<string> at least $count of them */
    public function components(string $field, int $count): array
    {
        return array_pad(explode($this->component, $field), $count, '');
    }

    /** In UTF-8, whatever the message is in: MSH-18 says it, and without it nothing is sure. */
    public function text(string $bytes): string
    {
        $charset = strtoupper($this->field('MSH', 18));
        $isUtf8 = $charset === 'UNICODE UTF-8' || ($charset === '' && preg_match('//u', $bytes) === 1);
        return $isUtf8 ? $bytes : fromLatin1($bytes);
    }
}

/** ISO 8859-1 to UTF-8, without an extension of PHP. */
function fromLatin1(string $bytes): string
{
    $encode = fn ($byte) => chr(0xC0 | ord($byte[0]) >> 6) . chr(0x80 | ord($byte[0]) & 0x3F);
    return preg_replace_callback('/[\x80-\xFF]/', $encode, $bytes);
}

/** What the application needs of a message. */
function read(Message $message): array
{
    if ($message->field('MSH', 10) === '') {
        throw new Rejected('MSH^10', 101, 'the message has no number (MSH-10)');
    }
    [$type, $event] = $message->components($message->field('MSH', 9), 2);
    if (!in_array("$type^$event", ['ORU^R01', 'ADT^A01'], true)) {
        throw new Rejected('MSH^9', 200, "messages $type^$event are not taken here");
    }
    $patient = $message->components($message->field('PID', 3), 1)[0];
    if ($patient === '') {
        throw new Rejected('PID^3', 101, 'no patient: PID-3 is empty');
    }
    [$family, $given] = $message->components($message->text($message->field('PID', 5)), 2);
    $results = [];
    foreach ($message->all('OBX') as $observation) {
        [, $label] = $message->components($message->text($observation[3] ?? ''), 2);
        $results[] = trim("$label: " . $message->text($observation[5] ?? '') . ' ' . ($observation[6] ?? ''));
    }
    return [
        'type' => "$type^$event",
        'patient' => $patient,
        'name' => trim("$family $given"),
        'unit' => $message->field('PV1', 3),
        'results' => $results,
    ];
}

/**
 * Your application goes here. This one keeps a small file for each message, under a name that the
 * same message always gives: a second run replaces what the first one wrote.
 */
function store(string $database, string $sender, string $number, array $content): void
{
    if (file_exists("$database/maintenance")) {
        throw new NotNow('the database is in maintenance');
    }
    $file = "$database/" . hash('sha256', "$sender $number") . '.json';
    $json = json_encode($content, JSON_SHOWN);
    if (@file_put_contents("$file.new", "$json\n") === false || !@rename("$file.new", $file)) {
        throw new NotNow('the database cannot be written: ' . (error_get_last()['message'] ?? ''));
    }
}

/** The acknowledgement: who sent the message is the one who receives this. */
function acknowledgement(?Message $message, string $code, ?Rejected $why): string
{
    $of = fn (int $number) => $message === null ? '' : $message->field('MSH', $number);
    $event = $message === null ? '' : $message->components($of(9), 2)[1];
    $type = $event === '' ? 'ACK' : "ACK^$event^ACK";
    $segments = [
        'MSH|^~\\&|' . implode('|', [
            $of(5), $of(6), $of(3), $of(4), date('YmdHisO'), '', $type,
            // Made of the file's id: the same in every run
            'ACK' . substr(getenv('NAVETTE_ID') ?: uniqid(), -17), 'P', $of(12) ?: '2.5', '', '', '', '', '', $of(18),
        ]),
        "MSA|$code|" . $of(10),
    ];
    if ($why !== null) {
        $segments[] = "ERR||$why->where|$why->hl7Code^^HL70357|E||||" . strtr($why->getMessage(), '|^~\\&', '     ');
    }
    return implode("\r", $segments) . "\r";
}

function answer(?Message $message, string $code, ?Rejected $why = null): void
{
    $folder = getenv('NAVETTE_OUT');
    if ($folder === false) {
        throw new NotNow('NAVETTE_OUT is not set: this script is started by navette worker');
    }
    // Everything in this folder goes home when the script has ended, tied to the file it answers
    $name = 'ACK_' . substr((string) getenv('NAVETTE_NAME'), -200);
    if (@file_put_contents("$folder/$name", acknowledgement($message, $code, $why)) === false) {
        throw new NotNow('the acknowledgement cannot be written');
    }
}

// --- from here on, in order ---

$message = null;
try {
    $bytes = @file_get_contents($argv[1] ?? '');
    if ($bytes === false) {
        throw new NotNow('the file cannot be read: ' . ($argv[1] ?? 'which one?'));
    }
    $message = new Message($bytes);
    $content = read($message);
    $number = $message->field('MSH', 10);
    store((string) getenv('HL7_DATABASE'), $message->field('MSH', 3) . '/' . $message->field('MSH', 4), $number, $content);
    answer($message, 'AA');
    printf("%s %s: %s, %d results\n", $content['type'], $number, $content['name'], count($content['results']));
    exit(PROCESSED);
} catch (NotNow $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    exit(AGAIN_LATER);
} catch (Rejected $e) {
    fwrite(STDERR, 'rejected: ' . $e->getMessage() . "\n");
    try {
        answer($message, 'AE', $e);
    } catch (NotNow $noAnswer) {
        fwrite(STDERR, $noAnswer->getMessage() . "\n");
        exit(AGAIN_LATER);
    }
    exit(REJECTED);
}
