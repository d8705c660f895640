# Helpers of the walks in docs/tutorial: `. docs/tutorial/walk.sh` in the folder of the checkout, in bash, while `make run` runs.

api=http://127.0.0.1:${TECHEX_PORT:-8000}/v1
eval "$(python3 -c 'import json, sys
print(*(f"key_{who}={key}" for who, key in json.load(open(sys.argv[1])).items()))' "${TECHEX_DATA_DIR:-.data}/demo-keys.json")"

# [revision=ETAG] call WHO METHOD PATH [BODY [TYPE]]: the answer goes to answer.json; a refusal is printed besides.
call() {
  local key=key_$1
  status=$(curl -sS -X "$2" "$api$3" ${4:+--data-binary "$4"} -o answer.json -w '%{http_code}' \
    -H "Authorization: Bearer ${!key}" -H "Content-Type: ${5:-application/json}" -H "If-Match: ${revision:-*}" \
    -H "Idempotency-Key: walk-$$-$RANDOM-$RANDOM-$RANDOM") || return
  [ "$status" -lt 400 ] || { pick d; return 1; }
}

# refused WHO METHOD PATH [BODY]: the same for what must be refused; prints what the problem document says.
refused() {
  ! call "$@" > /dev/null && [ "$status" -ge 400 ] || { echo "not refused" >&2; return 1; }
  pick "{name: d[name] for name in ('status', 'code', 'detail', 'remedy', 'rule') if d.get(name)}"
}

# public PATH: what everybody reads, without a key.
public() { curl -sS --fail "$api$1" -o answer.json; }

# pick EXPRESSION: of the last answer `d`, in Python; show NAME...: members of it.
pick() { python3 -SE -c "import json; d = json.load(open('answer.json')); x = $1
print(x if isinstance(x, str) else json.dumps(x, indent=2, ensure_ascii=False))"; }
show() { pick "{name: d[name] for name in '$*'.split()}"; }

# await WHO PATH EXPRESSION: ask until it holds, which is when the worker has come round: normally within a second.
await() {
  local tries
  for tries in $(seq 100); do
    call "$1" GET "$2"
    [ "$(pick "bool($3)")" = false ] || return 0
    sleep 0.2
  done
  return 1
}

# now: the exchange's time; day N: its local day, N days on; clock_to MOMENT: move the sandbox's clock forward.
now() { public /clock && pick "d['server_time']"; }
day() { python3 -SE -c "import datetime as d, sys
now = d.datetime.fromisoformat(sys.argv[1]).astimezone(d.timezone(d.timedelta(hours=8)))
print(now.date() + d.timedelta(days=int(sys.argv[2])))" "$(now)" "$1"; }
clock_to() { call operator POST /sandbox/clock '{"to": "'"$1"'"}'; }

# result TITLE: the seller records a result that it owns alone ($result); publish: submits and publishes $listing.
result() {
  call seller GET /me; seller=$(pick "d['organisation_id']")
  call seller POST /results '{"title": "'"$1"'", "abstract": "示例", "technical_field": "new_energy", "publicly_funded": false,
    "owners": [{"organisation_id": "'"$seller"'", "share": "1"}], "completers": [{"name": "示例完成人"}],
    "ip_assets": [{"type": "technical_secret", "title": "示例"}]}'
  result=$(pick "d['id']")
}
publish() { call seller POST "/listings/$listing/submission" && call operator POST "/listings/$listing/publication"; }

# upload WHO NAME: an empty document of that name ($document).
upload() {
  call "$1" POST "/documents?filename=$2.pdf" "%PDF-1.7 $2 %%EOF" application/pdf
  document=$(pick "d['id']")
}

# pay_in NUMBER AMOUNT: the operator records that the bank received it, for a deposit or an instruction.
pay_in() {
  call operator POST /bank-confirmations '{"direction": "in", "amount": "'"$2"'", "bank_reference": "BANK-'"$1"'",
    "received_at": "'"$(now)"'", "purpose_reference": "'"$1"'"}'
}
