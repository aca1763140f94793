"""What the storage services of the tests stand on: HTTP on a free loopback port, that also plays a proxy.

A client that is sent here by HTTPS_PROXY asks for CONNECT, and is then served as the host it asked for, under a
certificate of the tests' own. Statements on the standard input are run beside the server, each with an answer.
"""
import base64
import socketserver
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TLS = None
LOCK = threading.RLock()
REQUESTS = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    host = None

    def log_message(self, *arguments):
        pass

    def do_CONNECT(self):
        self.wfile.write(b'HTTP/1.1 200 OK\r\n\r\n')
        self.host = self.path.rsplit(':', 1)[0]
        self.connection = TLS.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile('rb', -1)
        self.wfile = socketserver._SocketWriter(self.connection)
        self.close_connection = False

    def handle(self):
        try:
            super().handle()
        except (OSError, ssl.SSLError):
            pass

    def finish(self):
        super().finish()
        self.connection.close()

    def body(self):
        if self.headers.get('Transfer-Encoding', '').lower() != 'chunked':
            return self.rfile.read(int(self.headers.get('Content-Length') or 0))
        whole = b''
        while size := int(self.rfile.readline().split(b';')[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def answer(self, status, body=b'', headers=()):
        names = {name.lower() for name, _ in headers}
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if 'content-length' not in names:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def any(self):
        body = self.body()
        with LOCK:
            REQUESTS.append((self.command, self.host or self.headers.get('Host', ''), self.path))
            self.serve(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = any


def run(handler, scope):
    """Serves until the standard input ends; certificate and key are the arguments."""
    global TLS
    TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    TLS.load_cert_chain(sys.argv[1], sys.argv[2])
    server = ThreadingHTTPServer(('127.0.0.1', 0), handler)
    server.daemon_threads = True
    scope['PORT'] = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number, line in enumerate(sys.stdin, 1):
        try:
            with LOCK:
                exec(base64.b64decode(line), scope)
            print('\x1eok', number, end='\x1f', flush=True)
        except BaseException as error:
            print('\x1e', repr(error), number, end='\x1f', flush=True)
