#!/usr/bin/env bash
# The main journey by curl: sign in, open a case, find one customer three ways, look at masks, reveal one
# value by a second factor bound to that act, sign out, and prove the log.
#
#   grille demo                 # in one terminal
#   docs/api.sh                 # in another
#
# BASE_URL, STAFF, SECRET and PROGRAM may be set; DATA_DIR is where the demonstration keeps its data.
# (None is called GRILLE_…: the program reads those as configuration, and refuses what it does not know.)
set -euo pipefail

BASE_URL=${BASE_URL:-http://localhost:3000}
STAFF=${STAFF:-op1001}
SECRET=${SECRET:-JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}
PASSWORD=${PASSWORD:-Grille-demo-2026}
PROGRAM=${PROGRAM:-target/debug/grille}
DATA_DIR=${DATA_DIR:-grille-demo-data}
JAR=$(mktemp)
trap 'rm -f "$JAR"' EXIT

say() { printf '\n== %s\n' "$1" >&2; }

# A form out, JSON in. A script says where it comes from by Origin; a browser would say it by itself.
post() {
  local path=$1 pair data=(--data '') answer
  shift
  for pair in "$@"; do data+=(--data-urlencode "$pair"); done
  answer=$(curl --silent --show-error --cookie "$JAR" --cookie-jar "$JAR" \
    --header "Origin: $BASE_URL" --header 'Accept: application/json' "${data[@]}" "$BASE_URL$path")
  printf '%s\n' "$answer" >&2
  printf '%s\n' "$answer"
}

# A member of a JSON answer: member /customers/0/id
member() {
  python3 -c 'import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].strip("/").split("/"):
    value = value[int(name)] if isinstance(value, list) else value[name]
print(value)' "$1"
}

# What an authenticator shows now, or so many steps of 30 seconds later (RFC 6238).
code() {
  python3 -c 'import base64, hashlib, hmac, struct, sys, time
step = int(time.time()) // 30 + int(sys.argv[2])
mac = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", step), hashlib.sha1).digest()
at = mac[19] & 15
print("%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000))' "$SECRET" "$1"
}

say 'sign in: a password, then a code. Whatever is wrong, the answer does not tell what'
post /api/sign_in "staff_no=$STAFF" "password=$PASSWORD" >/dev/null
if ! post /api/verify_totp "code=$(code 0)" | grep -q '"role"'; then
  echo 'A code works once. Waiting for the next one.' >&2
  sleep 61
  post /api/verify_totp "code=$(code 0)" | grep -q '"role"'
fi

say 'the notice of secrecy: read and acknowledged once a session, before anything else'
NOTICE=$(post /api/notice/read | member /notice)
post /api/notice/acknowledge "notice=$NOTICE" >/dev/null

say 'no case, no search: open one'
CASE=$(post /api/cases/open purpose=callback ticket=CB-2026-000102 identified=known_number_called_back \
  "note=The customer asks why a transfer is late ($(tr -dc a-z </dev/urandom | head -c 24 || true))" | member /case_id)

say 'search by ID number, by card, by mobile: each is one exact key, each is in the log'
post /api/customers/search "case_id=$CASE" id_no=990101199511234020 >/dev/null
post /api/customers/search "case_id=$CASE" card_no=9999000000000020 >/dev/null
CUSTOMER=$(post /api/customers/search "case_id=$CASE" mobile=16100000102 | member /customers/0/id)

say 'the masked card: looking binds the case to this customer'
post /api/customers/view "case_id=$CASE" "customer_id=$CUSTOMER" >/dev/null

say 'ask for the mobile number: refused, with a challenge that is good for this act alone'
WANTED=("case_id=$CASE" "customer_id=$CUSTOMER" field=mobile item=1 reason=CUST_CALLBACK)
CHALLENGE=$(post /api/customers/reveal "${WANTED[@]}" | member /challenge)

say 'answer the challenge with the next code, then ask again, unchanged'
post /api/step_up/totp "challenge=$CHALLENGE" "code=$(code 1)" | grep -q '"ok"'
ANSWER=$(post /api/customers/reveal "${WANTED[@]}" "challenge=$CHALLENGE")
test "$(member /value <<<"$ANSWER")" = 16100000102

say 'the same challenge again: spent'
post /api/customers/reveal "${WANTED[@]}" "challenge=$CHALLENGE" | grep -q challenge_spent

say 'close the case, sign out'
post /api/cases/close "case_id=$CASE" >/dev/null
post /api/sign_out >/dev/null

say "what was shown is entry $(member /event <<<"$ANSWER") of the log; the log proves itself"
"$PROGRAM" audit verify --data-dir "$DATA_DIR"
