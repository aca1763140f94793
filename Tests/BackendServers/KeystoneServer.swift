import Foundation
import TestSupport

/// OpenStack's Keystone with a user `demo` of a project `demo`, an application credential, a trust to the user
/// `friend`, and a user by whom Swift asks it about tokens.
package final class KeystoneServer: Sendable {
  private struct Made: Decodable {
    let admin: String
    let token: String
    let project: String
    let user: String
    let credential: String
    let trust: String
  }

  package let address: String
  private let process: ServerProcess
  private let folder: TemporaryFolder
  private let made: Made

  package init() async throws {
    let folder = try TemporaryFolder("keystone")
    self.folder = folder
    try Data(Self.program.utf8).write(to: folder.url.appendingPathComponent("identity.py"))
    let python = try Peer.path("python/bin/python")
    process = try await ServerProcess("keystone", patience: .seconds(600)) { port in
      [python, folder.path("identity.py"), "\(port)", folder.path]
    }
    address = "http://127.0.0.1:\(process.port)/v3"
    let content = try Data(contentsOf: folder.url.appendingPathComponent("made.json"))
    made = try JSONDecoder().decode(Made.self, from: content)
  }

  /// The ID of the project whose account is used.
  package var project: String { made.project }

  /// Ways to be let in, each with the variables it needs.
  package enum Login: String, CaseIterable, Sendable {
    case password, userID, credential, credentialByName, trust, token, givenToken
  }

  /// `storageURL` is where the project's account is, for the login that has a token already.
  package func environment(_ login: Login, storageURL: String) -> [String: String] {
    let place = ["OS_AUTH_URL": address, "OS_REGION_NAME": "loop"]
    let project = ["OS_PROJECT_NAME": "demo", "OS_PROJECT_DOMAIN_NAME": "Default"]
    let own: [String: String] =
      switch login {
      case .password:
        project.merging([
          "OS_USERNAME": "demo", "OS_PASSWORD": "demopw", "OS_USER_DOMAIN_NAME": "Default",
        ]) { $1 }
      case .userID: ["OS_USER_ID": made.user, "OS_PASSWORD": "demopw", "OS_TENANT_ID": made.project]
      case .credential:
        ["OS_APPLICATION_CREDENTIAL_ID": made.credential, "OS_APPLICATION_CREDENTIAL_SECRET": "acsecret"]
      case .credentialByName:
        [
          "OS_APPLICATION_CREDENTIAL_NAME": "ac", "OS_APPLICATION_CREDENTIAL_SECRET": "acsecret",
          "OS_USERNAME": "demo", "OS_USER_DOMAIN_NAME": "Default",
        ]
      case .trust:
        [
          "OS_USERNAME": "friend", "OS_PASSWORD": "friendpw", "OS_USER_DOMAIN_NAME": "Default",
          "OS_TRUST_ID": made.trust,
        ]
      case .token: project.merging(["OS_PASSWORD": made.token]) { $1 }
      case .givenToken: ["OS_STORAGE_URL": storageURL, "OS_AUTH_TOKEN": made.token]
      }
    return login == .givenToken ? own : place.merging(own) { $1 }
  }

  /// What Swift's proxy needs to ask about tokens.
  var filters: String {
    """
    [filter:authtoken]
    paste.filter_factory = keystonemiddleware.auth_token:filter_factory
    www_authenticate_uri = \(address)
    auth_url = \(address)
    auth_type = password
    username = swift
    password = swiftpw
    project_name = service
    user_domain_id = default
    project_domain_id = default
    delay_auth_decision = true
    cache = swift.cache
    include_service_catalog = false
    [filter:keystoneauth]
    use = egg:swift#keystoneauth
    operator_roles = admin, member
    """
  }

  /// Puts a Swift into the catalog: its public address in the region `loop`; the others lead nowhere.
  func register(swiftPort: UInt16) async throws {
    let result = try await ChildProcess.run(
      try Peer.path("python/bin/python"),
      ["-c", Self.registration, address, made.admin, "\(swiftPort)"])
    guard result.exitCode == 0 else {
      throw ServerError(description: "keystone: \(result.stderr.suffix(1000))")
    }
  }

  private static let registration = #"""
    import requests, sys
    address, token, port = sys.argv[1:4]
    def make(kind, **values):
        answer = requests.post('%s/%ss' % (address, kind), json={kind: values}, headers={'X-Auth-Token': token})
        answer.raise_for_status()
        return answer.json()[kind]['id']
    for region in ('far', 'loop'): make('region', id=region)
    def offer(kind, places):
        service = make('service', name=kind, type=kind)
        for region, interface, url in places:
            make('endpoint', service_id=service, interface=interface, region_id=region, url=url)
    offer('identity', [('loop', interface, address) for interface in ('internal', 'public')])
    account = 'http://127.0.0.1:%s/v1/AUTH_%%(project_id)s'
    offer('object-store', [('far', 'public', account % 9), ('loop', 'internal', account % 9),
                           ('loop', 'public', account % port)])
    """#

  private static let program = #"""
    import json, os, sys, warnings
    import wsgiref.simple_server as wsgi
    warnings.simplefilter('ignore')
    port, folder = int(sys.argv[1]), sys.argv[2]
    os.makedirs(folder + '/log', exist_ok=True)
    configuration = folder + '/keystone.conf'
    with open(configuration, 'w') as file:
        file.write('''[DEFAULT]
    log_dir = {0}/log
    use_stderr = false
    [database]
    connection = sqlite:///{0}/keystone.db
    [fernet_tokens]
    key_repository = {0}/fernet
    [credential]
    key_repository = {0}/credential
    [token]
    provider = fernet
    [oslo_policy]
    policy_dirs = {0}/none
    [cache]
    enabled = false
    [identity]
    password_hash_rounds = 4
    '''.format(folder))
    os.environ['OS_KEYSTONE_CONFIG_FILES'] = configuration
    os.environ['OS_KEYSTONE_CONFIG_DIR'] = folder
    from keystone.cmd import cli
    import pwd
    user = pwd.getpwuid(os.getuid()).pw_name
    for words in (['db_sync'], ['fernet_setup', '--keystone-user', user, '--keystone-group', user],
                  ['credential_setup', '--keystone-user', user, '--keystone-group', user],
                  ['bootstrap', '--bootstrap-password', 'adminpw']):
        # A process each, as the program has its settings once and for all.
        child = os.fork()
        if child == 0:
            cli.main(argv=['keystone-manage', '--config-file', configuration] + words)
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0: sys.exit('keystone-manage %s failed' % words[0])

    sys.argv[1:] = []
    from keystone.server.wsgi import initialize_public_application
    from werkzeug.test import Client
    application = initialize_public_application()
    client = Client(application)

    def call(method, path, body, token=None):
        answer = client.open('/v3' + path, method=method, base_url='http://127.0.0.1:%d' % port, json=body,
                             headers={'X-Auth-Token': token} if token else {})
        if answer.status_code >= 300: sys.exit('%s %s: %s' % (method, path, answer.text))
        return answer.headers.get('X-Subject-Token'), answer.json if answer.data else None

    def login(user, password, project):
        domain = {'id': 'default'}
        return call('POST', '/auth/tokens', {'auth': {
            'identity': {'methods': ['password'],
                         'password': {'user': {'name': user, 'domain': domain, 'password': password}}},
            'scope': {'project': {'name': project, 'domain': domain}}}})[0]

    def make(kind, **values): return call('POST', '/%ss' % kind, {kind: values}, admin)[1][kind]['id']

    admin = login('admin', 'adminpw', 'admin')
    roles = {role['name']: role['id'] for role in call('GET', '/roles', None, admin)[1]['roles']}
    projects = {name: make('project', name=name, domain_id='default') for name in ('service', 'demo')}
    users = {name: make('user', name=name, domain_id='default', password=name + 'pw')
             for name in ('swift', 'demo', 'friend')}
    for project, name, role in (('service', 'swift', 'admin'), ('demo', 'demo', 'member'), ('service', 'friend', 'member')):
        call('PUT', '/projects/%s/users/%s/roles/%s' % (projects[project], users[name], roles[role]), None, admin)
    token = login('demo', 'demopw', 'demo')
    credential = call('POST', '/users/%s/application_credentials' % users['demo'],
                      {'application_credential': {'name': 'ac', 'secret': 'acsecret'}}, token)[1]['application_credential']
    trust = call('POST', '/OS-TRUST/trusts', {'trust': {
        'trustor_user_id': users['demo'], 'trustee_user_id': users['friend'], 'project_id': projects['demo'],
        'impersonation': False, 'roles': [{'name': 'member'}]}}, token)[1]['trust']
    with open(folder + '/made.json', 'w') as file:
        json.dump({'admin': admin, 'token': token, 'project': projects['demo'], 'user': users['demo'],
                   'credential': credential['id'], 'trust': trust['id']}, file)
    wsgi.make_server('127.0.0.1', port, application).serve_forever()
    """#
}
