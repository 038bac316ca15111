<?php
/*
 * A sample script for a flux of CSV files: copy it, and put your application where store() is.
 *
 *     script: [php, /space/www/patients/import-csv.php, "{file}"]
 *     env: {CSV_DATABASE: /space/www/patients/database}
 *
 * It takes files with a header line, semicolons, in UTF-8 or Windows-1252, as spreadsheets write
 * them. It answers a report, line by line, in the folder $NAVETTE_OUT.
 *
 *     exit 0    processed, with or without refused lines: the report tells which
 *     exit 75   again later: the database is away. Navette keeps the file and its place in the line
 *     exit 1    rejected as a whole: the header is not the expected one
 *
 * It may run twice on the same file (see import-hl7.php): a patient is stored under his number, so
 * the second run replaces what the first one wrote.
 */

declare(strict_types=1);

const PROCESSED = 0;
const REJECTED = 1;
const AGAIN_LATER = 75;
const JSON_SHOWN = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;

const HEADER = ['ipp', 'nom', 'prenom', 'naissance'];

/** @return never */
function stop(int $code, string $why)
{
    fwrite(STDERR, "$why\n");
    exit($code);
}

function utf8(string $line): string
{
    // What is valid UTF-8 with accents is never meant as Windows-1252
    return preg_match('//u', $line) === 1 ? $line : iconv('Windows-1252', 'UTF-8//IGNORE', $line);
}

/** Why a line cannot be taken; null if it can. */
function complaint(array $patient): ?string
{
    if (preg_match('/^[0-9]{1,12}$/', $patient['ipp']) !== 1) {
        return 'ipp: a number of 1 to 12 digits is expected';
    }
    if ($patient['nom'] === '') {
        return 'nom: missing';
    }
    $day = DateTimeImmutable::createFromFormat('!d/m/Y', $patient['naissance']);
    return $day === false || $day->format('d/m/Y') !== $patient['naissance'] ? 'naissance: no date' : null;
}

/** Your application goes here. */
function store(string $database, array $patient): void
{
    $file = "$database/patient-{$patient['ipp']}.json";
    $json = json_encode($patient, JSON_SHOWN);
    if (@file_put_contents("$file.new", "$json\n") === false || !@rename("$file.new", $file)) {
        stop(AGAIN_LATER, 'the database cannot be written');
    }
}

// --- from here on, in order ---

$database = (string) getenv('CSV_DATABASE');
$out = (string) getenv('NAVETTE_OUT');
if (file_exists("$database/maintenance")) {
    stop(AGAIN_LATER, 'the database is in maintenance');
}
$in = @fopen($argv[1] ?? '', 'rb');
if ($in === false) {
    stop(AGAIN_LATER, 'the file cannot be read');
}
$first = preg_replace('/^\xEF\xBB\xBF/', '', (string) fgets($in)); // what Excel puts before UTF-8
if (str_getcsv(rtrim(utf8($first), "\r\n"), ';', '"', '') !== HEADER) {
    stop(REJECTED, 'rejected: the header is not ' . implode(';', HEADER));
}

$report = "line;ipp;status;why\n";
$taken = 0;
$refused = 0;
for ($line = 2; ($text = fgets($in)) !== false; $line++) {
    if (trim($text) === '') {
        continue;
    }
    $values = str_getcsv(rtrim(utf8($text), "\r\n"), ';', '"', '');
    $why = 'expected ' . count(HEADER) . ' columns';
    if (count($values) === count(HEADER)) {
        $patient = array_combine(HEADER, $values);
        $why = complaint($patient);
    }
    if ($why === null) {
        store($database, $patient);
        $taken++;
    } else {
        $refused++;
    }
    $report .= sprintf("%d;%s;%s;%s\n", $line, $values[0], $why === null ? 'taken' : 'refused', $why ?? '');
}
if (@file_put_contents("$out/report_" . substr((string) getenv('NAVETTE_NAME'), -200), $report) === false) {
    stop(AGAIN_LATER, 'the report cannot be written');
}
printf("%d patients taken, %d lines refused\n", $taken, $refused);
exit(PROCESSED);
