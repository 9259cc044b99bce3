use super::*;

const EXAMPLE: &str = include_str!("../../../grille.example.toml");

fn from(text: &str) -> Result<Config, Box<figment::Error>> {
    Figment::from(Serialized::defaults(Config::default())).merge(Toml::string(text)).extract().map_err(Box::new)
}

#[test]
fn the_example_file_names_every_key_with_its_default() {
    let uncommented: String = EXAMPLE
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line))
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n");
    let given: toml::Table = toml::from_str(&uncommented).unwrap();
    let known = toml::Table::try_from(Config::default()).unwrap();
    let optional = ["origin", "database_url", "database_owner_url", "catalogue", "purposes", "policy", "notice"];
    for (key, value) in
        known.iter().filter(|(key, _)| !["tls", "sso", "server", "metrics", "telemetry"].contains(&key.as_str()))
    {
        assert_eq!(given.get(key), Some(value), "{key}");
    }
    let sso = given["sso"].as_table().unwrap();
    for (key, value) in known["sso"].as_table().unwrap() {
        assert_eq!(sso.get(key), Some(value), "sso.{key}");
    }
    let left_out: Vec<&str> = sso.keys().filter(|key| known["sso"].get(key).is_none()).map(String::as_str).collect();
    assert_eq!(left_out, ["ca_file", "client_id", "client_secret_file", "issuer"]);
    for (section, left_out) in
        [("server", &["drain_seconds"][..]), ("metrics", &["addr", "token_file"]), ("telemetry", &["otlp"])]
    {
        let mut whole = known[section].as_table().unwrap().clone();
        for key in left_out {
            assert!(whole.insert((*key).into(), given[section][key].clone()).is_none(), "{section}.{key}");
        }
        assert_eq!(given[section].as_table(), Some(&whole), "{section}");
    }
    let tls: Vec<&str> = given["tls"].as_table().unwrap().keys().map(String::as_str).collect();
    assert_eq!(tls, ["certificate", "key"]);
    for key in given.keys() {
        assert!(known.contains_key(key) || optional.contains(&key.as_str()), "{key}");
    }
    for key in optional {
        assert!(given.contains_key(key), "{key}");
    }
    let mut config = from(&uncommented).unwrap();
    assert!(config.tls.certificate.is_some() && config.tls.key.is_some());
    assert!(config.sso.issuer.is_some() && config.sso.ca_file.is_some());
    // Its origin is the default one, which is that of plain HTTP.
    config.tls = Tls::default();
    config.check().unwrap();
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    for text in [
        "adr = \"127.0.0.1:1\"",
        "[session]\nidel = 3",
        "[budget.person]\nmisses_week = 3",
        "[sign_in]\nfailures = 3",
        "[sso]\nsecret = \"s\"",
        "[tls]\ncert = \"c.pem\"",
        "[proxy]\ntrust = []",
        "[export]\nvotes_needed = 1",
        "[server]\nlinger = 1",
        "[metrics]\npush = \"http://127.0.0.1\"",
        "[telemetry]\nlogs = true",
    ] {
        let error = from(text).unwrap_err().to_string();
        let names = [
            "adr",
            "idel",
            "misses_week",
            "failures",
            "secret",
            "cert",
            "trust",
            "votes_needed",
            "linger",
            "push",
            "logs",
        ];
        let name = names.into_iter().find(|name| error.contains(name));
        assert!(name.is_some(), "{error}");
    }
}

const TLS: &str = "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n";
const PROXY: &str = "[proxy]\ntrusted = [\"10.1.0.0/16\"]\n";

#[test]
fn q4_every_limit_can_be_set_and_zero_is_one() {
    let scopes = ["person", "branch", "purpose", "alert"];
    let counters = ["searches", "misses", "customers", "reveals", "bank_wide_searches"];
    for (scope, counter) in scopes.iter().flat_map(|scope| counters.map(|counter| (scope, counter))) {
        for window in ["hour", "day", "month"] {
            let key = format!("{counter}_{window}");
            for limit in [0_u32, 7_654_321] {
                let set = from(&format!("[budget.{scope}]\n{key} = {limit}")).unwrap();
                let table = serde_json::to_value(set.budget).unwrap();
                assert_eq!(table[scope][&key], limit, "{scope}.{key}");
            }
        }
    }
    for wrong in ["-1", "1.5", "\"many\"", "4294967296"] {
        let error = from(&format!("[budget.person]\nmisses_hour = {wrong}")).unwrap_err().to_string();
        assert!(error.contains("misses_hour"), "{error}");
    }
}

#[test]
fn u8_the_way_in_is_loopback_or_tls_or_a_named_proxy() {
    let any = "addr = \"0.0.0.0:443\"\n";
    let bank = "origin = \"https://grille.bank.example\"\n";
    let behind = "behind_proxy = true\n";
    for text in [
        String::new(),
        "addr = \"[::1]:3000\"".into(),
        TLS.into(),
        format!("{any}{TLS}"),
        format!("{any}{bank}{TLS}"),
        format!("{bank}{behind}{PROXY}"),
        format!("{any}{bank}{behind}{PROXY}"),
        format!("{any}{bank}{behind}{PROXY}{TLS}"),
        format!("{bank}{behind}{PROXY}headers = \"forwarded\""),
    ] {
        from(&text).unwrap().check().unwrap_or_else(|error| panic!("{error}: {text}"));
    }
    for (text, told) in [
        (any.into(), "loopback only"),
        ("addr = \"[::]:3000\"".into(), "loopback only"),
        (format!("{any}{bank}"), "loopback only"),
        (format!("{any}{bank}{behind}"), "proxy.trusted"),
        (format!("{bank}{PROXY}"), "proxy.trusted"),
        (format!("{any}{behind}{PROXY}"), "origin"),
        (format!("origin = \"http://grille.bank.example\"\n{behind}{PROXY}"), "origin"),
        (format!("origin = \"http://localhost:3000\"\n{TLS}"), "origin"),
        (bank.into(), "origin"),
        ("[tls]\nkey = \"k.pem\"".into(), "certificate and key"),
        ("[tls]\ncertificate = \"c.pem\"".into(), "certificate and key"),
    ] {
        let error = from(&text).unwrap().check().unwrap_err().to_string();
        assert!(error.contains(told), "{error}: {text}");
    }
    for text in [
        "[proxy]\ntrusted = [\"0.0.0.0/0\"]",
        "[proxy]\ntrusted = [\"proxy.bank.example\"]",
        "[proxy]\nheaders = \"via\"",
    ] {
        assert!(from(text).is_err(), "{text}");
    }
}

const SSO: &str = "[sso]\nclient_id = \"grille\"\nclient_secret_file = \"s\"\nissuer = ";

#[test]
fn u9_single_sign_on_is_off_or_whole_and_asks_by_tls() {
    assert!(from("").unwrap().settings().passwords);
    for (issuer, more) in [
        ("https://id.bank.example/realms/bank", ""),
        ("https://id.bank.example", "max_age = 60"),
        ("http://127.0.0.1:9000", "only = true"),
        ("http://localhost:9000/x", "claim = \"staff_no\"\nca_file = \"ca.pem\""),
    ] {
        let config = from(&format!("{SSO}\"{issuer}\"\n{more}")).unwrap();
        config.check().unwrap_or_else(|error| panic!("{error}: {issuer} {more}"));
        assert_eq!(config.settings().passwords, !config.sso.only);
    }
    for (text, told) in [
        (format!("{SSO}\"http://id.bank.example\""), "sso.issuer"),
        (format!("{SSO}\"https://id.bank.example/?realm=bank\""), "sso.issuer"),
        (format!("{SSO}\"https://id.bank.example/#\""), "sso.issuer"),
        (format!("{SSO}\"https://me:word@id.bank.example\""), "sso.issuer"),
        (format!("{SSO}\"\""), "sso.issuer"),
        (format!("{SSO}\"https://id.bank.example\"\nmax_age = 59"), "sso.max_age"),
        (format!("{SSO}\"https://id.bank.example\"\nmax_age = 43201"), "sso.max_age"),
        (format!("{SSO}\"https://id.bank.example\"\nclaim = \"\""), "sso.claim"),
        (format!("{SSO}\"https://id.bank.example\"\nname = \" \""), "sso.name"),
        ("[sso]\nissuer = \"https://id.bank.example\"".into(), "go together"),
        ("[sso]\nclient_id = \"grille\"".into(), "go together"),
        ("[sso]\nissuer = \"https://id.bank.example\"\nclient_id = \"grille\"".into(), "go together"),
        ("[sso]\nonly = true".into(), "without an issuer"),
        ("[sso]\nca_file = \"ca.pem\"".into(), "without an issuer"),
    ] {
        let error = from(&text).unwrap().check().unwrap_err().to_string();
        assert!(error.contains(told), "{error}: {text}");
    }
}

#[test]
fn e1_what_leaves_and_how_long_it_waits_can_be_set_and_the_default_is_the_rule() {
    use backoffice::ExportSettings;
    use domain::export::Caps;
    assert_eq!(from("").unwrap().settings().exports, ExportSettings::default());
    let set = "[export]\nrows_visible = 60\nrows_masked = 50\nrows_opened = 40\nbytes_visible = 6\nbytes_masked = 5\n\
               bytes_opened = 4\nrows_month = 30\nrequests = 20\n\
               pair_votes = 10\nfile_life = 5\nrequest_life_days = 3\nrecipient_rest_days = 9";
    let config = from(set).unwrap();
    config.check().unwrap();
    let caps = Caps {
        rows_visible: 60,
        rows_masked: 50,
        rows_opened: 40,
        bytes_visible: 6,
        bytes_masked: 5,
        bytes_opened: 4,
        rows_month: 30,
        requests: 20,
        pair_votes: 10,
    };
    let (file_life, request_life, recipient_rest) = (Span::seconds(5), Span::days(3), Span::days(9));
    assert_eq!(config.settings().exports, ExportSettings { caps, file_life, request_life, recipient_rest });
    assert_eq!(config.exports(), config.data_dir.join("exports"));
}

#[test]
fn e5_an_export_waits_no_longer_than_the_rule_and_opens_no_more_than_it_masks() {
    for (text, told) in [
        ("file_life = 901", "file_life"),
        ("file_life = 0", "file_life"),
        ("request_life_days = 0", "request_life_days"),
        ("request_life_days = 31", "request_life_days"),
        ("recipient_rest_days = 31", "recipient_rest_days"),
        ("recipient_rest_days = 6", "recipient_rest_days"),
        ("rows_opened = 50001", "rows_opened"),
        ("rows_visible = 49999", "rows_visible"),
        ("requests = 0", "at least 1"),
        ("pair_votes = 0", "at least 1"),
    ] {
        let error = from(&format!("[export]\n{text}")).unwrap().check().unwrap_err().to_string();
        assert!(error.contains(told), "{error}: {text}");
    }
    for wrong in ["rows_visible = -1", "file_life = 1.5", "requests = \"many\""] {
        assert!(from(&format!("[export]\n{wrong}")).is_err(), "{wrong}");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    for text in [
        "kek = \"paper\"",
        "database_url = \"mysql://x\"",
        "origin = \"http://localhost:3000/\"",
        "log_origin = \"two words\"",
        "[session]\nidle = 0",
        "[session]\nidle = 900\nabsolute = 60",
        "[step_up]\nchallenge = 121",
        "[step_up]\nwindow = 301",
        "[reveal]\nseconds = 31",
    ] {
        assert!(from(text).unwrap().check().is_err(), "{text}");
    }
}
