//! Where the client may go, how much it reads, and what it shows to whom.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use skillsync_sources::{Http, HttpSettings, Names, Request, Secret, SourceError};

use crate::server::{Answer, Server, here, http, page, redirect, status};

/// A client that only asks public addresses, all of them through a proxy on this machine, so that nothing leaves it.
fn guarded(server: &Server) -> Http {
    let proxy = Some(format!("http://proxy.test:{}", server.port));
    Http::new(&HttpSettings { proxy, names: here(&["proxy.test"]), ..HttpSettings::default() }).expect("a client")
}

async fn get(http: &Http, url: &str) -> Result<String, SourceError> {
    Ok(http.send(Request::get(url)?).await?.checked()?.text())
}

#[tokio::test]
async fn a_redirect_into_the_network_around_is_refused() {
    for target in [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://2130706433/",
        "https://192.168.0.1/",
        "http://elsewhere.test:8080/",
        "http://me:pw@elsewhere.test/",
        "ftp://elsewhere.test/",
        "http://proxy.test:22/",
    ] {
        let server =
            Server::answering(move |asked| if asked.path == "/start" { redirect(target) } else { page("secret") })
                .await;
        assert_eq!(get(&guarded(&server), "http://public.test/start").await, Err(SourceError::NotAllowed), "{target}");
        assert_eq!(server.all_requests().len(), 1, "{target}");
    }
}

#[tokio::test]
async fn a_redirect_into_a_file_leads_nowhere() {
    for target in ["file:///etc/passwd", "data:text/html,hello"] {
        let server = Server::answering(move |_| redirect(target)).await;
        assert_eq!(get(&guarded(&server), "http://public.test/").await, Err(SourceError::Garbage), "{target}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_public_site_is_followed() {
    let server =
        Server::answering(
            |asked| if asked.path == "/start" { redirect("http://other.test/end") } else { page("read") },
        )
        .await;
    let reply = guarded(&server).send(Request::get("http://public.test/start").expect("a URL")).await.expect("a page");
    assert_eq!((reply.url.as_str(), reply.text().as_str()), ("http://other.test/end", "read"));
}

#[tokio::test]
async fn a_private_address_is_never_connected_to() {
    let server = Server::answering(|_| page("secret")).await;
    let http = Http::new(&HttpSettings::default()).expect("a client");
    // The port says that it is no public site; so does the name's address, which the operating system knows offline.
    for url in [server.base_url(), "http://localhost/".to_owned(), "http://127.0.0.1/".to_owned()] {
        assert_eq!(get(&http, &url).await, Err(SourceError::NotAllowed), "{url}");
    }
    assert!(server.all_requests().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_to_private_addresses_is_refused() {
    let addresses = |list: &[&str]| list.iter().map(|address| address.parse().expect("an address")).collect();
    let names = BTreeMap::from([
        ("intern.test".to_owned(), addresses(&["10.0.0.1"])),
        ("both.test".to_owned(), addresses(&["127.0.0.1", "fd00::1", "::ffff:192.168.1.1"])),
    ]);
    let http = Http::new(&HttpSettings { names: Names::Fixed(names), ..HttpSettings::default() }).expect("a client");
    for url in ["http://intern.test/", "https://intern.test/", "http://both.test/", "http://INTERN.test./"] {
        assert_eq!(get(&http, url).await, Err(SourceError::NotAllowed), "{url}");
    }
    assert_eq!(get(&http, "http://unknown.test/").await, Err(SourceError::UnknownHost));
}

#[tokio::test]
async fn the_proxy_itself_is_no_site() {
    let server = Server::answering(|_| page("the proxy's own page")).await;
    assert_eq!(get(&guarded(&server), "http://proxy.test/").await, Err(SourceError::NotAllowed));
    for proxy in ["proxy.test:3128", "socks5://proxy.test", ""] {
        assert!(Http::new(&HttpSettings { proxy: Some(proxy.into()), ..HttpSettings::default() }).is_err(), "{proxy}");
    }
}

#[tokio::test]
async fn a_key_is_not_shown_to_whom_a_site_redirects_to() {
    let server =
        Server::answering(|asked| if asked.path == "/api" { redirect("http://other.test/end") } else { page("") })
            .await;
    let request = Request::get("http://public.test/api").expect("a URL").query("key", "k-secret");
    guarded(&server).send(request.bearer(&Secret::new(" t-secret\n"))).await.expect("a page");
    let asked = server.all_requests();
    assert_eq!(asked[0].headers.get("authorization").expect("a key"), "Bearer t-secret");
    assert_eq!(asked[0].parameter("key").as_deref(), Some("k-secret"));
    assert!(!format!("{:?}", asked[1]).contains("secret"), "{:?}", asked[1]);
    assert_eq!(format!("{:?} {0}", Secret::new("k")), "Secret(hidden) (hidden)");
}

#[tokio::test]
async fn redirects_end() {
    let server = Server::answering(|asked| redirect(&format!("{}x", asked.path))).await;
    assert_eq!(get(&http(&[]), &server.base_url()).await, Err(SourceError::TooManyRedirects));
    assert_eq!(server.all_requests().len(), 6);
}

#[tokio::test]
async fn a_body_is_read_to_its_bound_packed_or_not() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b'a'; 3 * 1024 * 1024]).expect("memory");
    let packed = packed.finish().expect("memory");
    assert!(packed.len() < 10_000);
    let server = Server::answering(move |asked| match asked.path.as_str() {
        "/packed" => Answer::Whole(200, Vec::new(), packed.clone()).header("content-encoding", "gzip"),
        "/broken" => page("no gzip").header("content-encoding", "gzip"),
        _ => page(&"a".repeat(3 * 1024 * 1024)),
    })
    .await;
    let http = http(&[]);
    for path in ["packed", "plain"] {
        let request = Request::get(&server.base_url()).expect("a URL").path([path]);
        assert_eq!(http.send(request.clone()).await.expect_err("too much"), SourceError::TooLarge, "{path}");
        let beginning = http.send(request.clone().max_bytes(5).keeps_beginning()).await.expect("a beginning");
        assert_eq!(beginning.text(), "aaaaa");
        let whole = http.send(request.max_bytes(4 * 1024 * 1024)).await.expect("a page");
        assert_eq!(whole.body.len(), 3 * 1024 * 1024);
    }
    assert_eq!(get(&http, &format!("{}broken", server.base_url())).await, Err(SourceError::Garbage));
}

#[tokio::test]
async fn failures_have_their_names() {
    let server = Server::answering(|asked| match asked.path.trim_start_matches('/') {
        "silence" => Answer::Silence,
        "429" => status(429, "").header("retry-after", "7"),
        code => status(code.parse().expect("a status"), ""),
    })
    .await;
    let asked =
        async |path: &str| get(&http(&[]), &format!("{}{path}", server.base_url())).await.expect_err("a failure");
    assert_eq!(asked("401").await, SourceError::Refused);
    assert_eq!(asked("403").await, SourceError::Refused);
    assert_eq!(asked("404").await, SourceError::NotFound { status: 404 });
    assert_eq!(asked("410").await, SourceError::NotFound { status: 410 });
    assert_eq!(asked("429").await, SourceError::QuotaExceeded { retry_after: Some(Duration::from_secs(7)) });
    assert_eq!(asked("500").await, SourceError::ServerError { status: 500 });
    assert_eq!(asked("504").await, SourceError::Timeout);
    let impatient =
        HttpSettings { total_timeout: Duration::from_millis(100), allow_private: true, ..HttpSettings::default() };
    let silence = get(&Http::new(&impatient).expect("a client"), &format!("{}silence", server.base_url())).await;
    assert_eq!(silence, Err(SourceError::Timeout));
    drop(server);
    assert_eq!(get(&http(&[]), "no address").await, Err(SourceError::Malformed));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    drop(listener);
    assert_eq!(get(&http(&[]), &format!("http://{address}/")).await, Err(SourceError::Unreachable));
}

#[tokio::test]
async fn parts_of_an_address_stay_parts() {
    let server = Server::answering(|_| page("")).await;
    let request = Request::get(&format!("{}base/", server.base_url())).expect("a URL");
    let request = request.path(["a/b", "..", "c?d#e"]).query("q", "x&y=z#é");
    http(&[]).send(request).await.expect("a page");
    let asked = server.all_requests().remove(0);
    assert_eq!((asked.path.as_str(), asked.query.as_str()), ("/base/a%2Fb/c%3Fd%23e", "q=x%26y%3Dz%23%C3%A9"));
    assert_eq!(
        asked.headers.get("user-agent").expect("a name").to_str().expect("text").split('/').next(),
        Some("skillsync")
    );
}
