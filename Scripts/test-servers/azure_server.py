"""Azure Blob Storage for tests: blobs in memory, and the servers that give tokens.

Each request's signature is made again with Microsoft's own library and has to be the same; shared access signatures
too, and tokens have to come from here. Headers and codes are those of Azure's REST reference.
"""
import base64
import hashlib
import json
import os
import time
from email.utils import formatdate
from types import SimpleNamespace as Plain
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import tunnel
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import load_pem_x509_certificate

ACCOUNT, KEY = 'account0', base64.b64encode(b'the key of the account, 32 bytes').decode()
TENANT, CLIENT, SECRET, HEADER = 'tenant-1', 'client-1', 'the+secret/of=it', 'the-header'
CERTIFICATE, WORKLOAD = None, 'the.workload.token'
PAGE = int(os.environ.get('PAGE', '5000'))
CONTAINERS, TOKENS, GRANTS, FAULTS = {}, set(), [], []


class Policy(SharedKeyCredentialPolicy):
    @staticmethod
    def _get_headers(request, names):
        # The library itself never sends the plain Range, so it looks for it by another name.
        return SharedKeyCredentialPolicy._get_headers(
            request, ['range' if name == 'byte_range' else name for name in names])


def signed(method, url, headers):
    fields = {name.lower(): value for name, value in headers.items() if name.lower() != 'authorization'}
    # It decodes values once more.
    query = {name: value.replace('%', '%25') for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    request = Plain(http_request=Plain(method=method, url=url, headers=fields, query=query),
                    context=Plain(transport=None))
    Policy(ACCOUNT, KEY).on_request(request)
    return request.http_request.headers['Authorization']


def make_sas(permissions='rwdlc', seconds=3600):
    now = time.time()
    stamp = lambda at: time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(at))
    sas = generate_account_sas(
        ACCOUNT, KEY, ResourceTypes(container=True, object=True), AccountSasPermissions.from_string(permissions),
        expiry=stamp(now + seconds), start=stamp(now - 3600))
    print(sas)
    return sas


def sas_is_right(query):
    again = dict(parse_qsl(generate_account_sas(
        ACCOUNT, KEY, ResourceTypes.from_string(query['srt']), AccountSasPermissions.from_string(query['sp']),
        expiry=query['se'], start=query.get('st'), ip=query.get('sip'), protocol=query.get('spr'))))
    return again['sig'] == query['sig'] and again['sv'] == query['sv']


class Blob:
    def __init__(self, data):
        self.data, self.snapshots, self.time = data, 0, time.time()
        self.etag = '"0x%X"' % (time.time_ns() + len(data))


def put(container, name, path):
    CONTAINERS[container][name] = Blob(open(path, 'rb').read())


def remove(container, name):
    CONTAINERS[container].pop(name, None)


class Handler(tunnel.Handler):
    def answer(self, status, body=b'', headers=()):
        super().answer(status, body, [('x-ms-version', '2020-10-02'), ('x-ms-request-id', '1')] + list(headers))

    def refuse(self, status, code):
        body = '\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>%s</Code><Message>refused</Message></Error>' % code
        self.answer(status, body.encode(), [('x-ms-error-code', code), ('Content-Type', 'application/xml')])

    def serve(self, body):
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        if FAULTS and FAULTS[0][0] == self.command and FAULTS[0][1] in self.path:
            return self.refuse(*FAULTS.pop(0)[2:])
        if url.path.endswith('/oauth2/v2.0/token') and self.host in (None, 'login.microsoftonline.com'):
            return self.give_token(url.path, dict(parse_qsl(body.decode(), keep_blank_values=True)))
        if url.path in ('/metadata/identity/oauth2/token', '/msi/token'):
            return self.give_identity(url.path, query)
        if self.host not in (None, ACCOUNT + '.blob.core.windows.net'):
            return self.answer(421)
        allowed = self.allows(query, url)
        if allowed is not True:
            return self.refuse(*allowed)
        container, _, name = unquote(url.path[1:]).partition('/')
        if name:
            self.blob(container, name, query, body)
        else:
            self.container(container, query)

    def allows(self, query, url):
        given = self.headers.get('Authorization', '')
        if given.startswith('SharedKey '):
            right = signed(self.command, 'https://host' + self.path, dict(self.headers.items()))
            if abs(time.time() - time.mktime(time.strptime(self.headers['x-ms-date'], '%a, %d %b %Y %H:%M:%S GMT'))
                   + time.timezone) > 900:
                return 403, 'AuthenticationFailed'
            return given == right or (403, 'AuthenticationFailed')
        if given.startswith('Bearer '):
            return given[7:] in TOKENS or (401, 'InvalidAuthenticationInfo')
        if 'sig' in query:
            if not sas_is_right(query) or query['se'] < time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()):
                return 403, 'AuthenticationFailed'
            needed = {'GET': 'l' if query.get('comp') == 'list' else 'r', 'HEAD': 'r', 'PUT': 'wc', 'DELETE': 'd'}
            return any(one in query['sp'] for one in needed[self.command]) or (403, 'AuthorizationPermissionMismatch')
        return 401, 'NoAuthenticationInformation'

    def container(self, container, query):
        if self.command == 'PUT':
            if container in CONTAINERS:
                return self.refuse(409, 'ContainerAlreadyExists')
            CONTAINERS[container] = {}
            return self.answer(201, headers=[('ETag', '"0x1"'), ('Last-Modified', formatdate(usegmt=True))])
        if container not in CONTAINERS:
            return self.refuse(404, 'ContainerNotFound')
        if query.get('comp') != 'list':
            return self.answer(200, headers=[('ETag', '"0x1"'), ('Last-Modified', formatdate(usegmt=True))])
        prefix, marker, delimiter = query.get('prefix', ''), query.get('marker', ''), query.get('delimiter')
        most = min(int(query.get('maxresults') or PAGE), PAGE)
        entries, folders, after = [], [], ''
        for name, blob in sorted(CONTAINERS[container].items()):
            if not name.startswith(prefix) or name < marker:
                continue
            if len(entries) + len(folders) == most:
                after = name
                break
            rest = name[len(prefix):]
            if delimiter and delimiter in rest:
                folder = prefix + rest.split(delimiter)[0] + delimiter
                if folder not in folders:
                    folders.append(folder)
                continue
            entries.append(
                '<Blob><Name>%s</Name><Properties><Creation-Time>%s</Creation-Time><Last-Modified>%s</Last-Modified>'
                '<Etag>%s</Etag><Content-Length>%d</Content-Length><Content-Type>application/octet-stream'
                '</Content-Type><Content-MD5>%s</Content-MD5><BlobType>BlockBlob</BlobType></Properties></Blob>' % (
                    escape(name), formatdate(blob.time, usegmt=True), formatdate(blob.time, usegmt=True),
                    blob.etag.strip('"'), len(blob.data), base64.b64encode(hashlib.md5(blob.data).digest()).decode()))
        text = ('\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://%s/" '
                'ContainerName="%s"><Prefix>%s</Prefix><Blobs>%s%s</Blobs><NextMarker>%s</NextMarker>'
                '</EnumerationResults>' % (ACCOUNT, container, escape(prefix), ''.join(entries), ''.join(
                    '<BlobPrefix><Name>%s</Name></BlobPrefix>' % escape(folder) for folder in folders), escape(after)))
        self.answer(200, text.encode(), [('Content-Type', 'application/xml')])

    def blob(self, container, name, query, body):
        if container not in CONTAINERS:
            return self.refuse(404, 'ContainerNotFound')
        blobs = CONTAINERS[container]
        blob = blobs.get(name)
        if self.command == 'PUT':
            return self.put(blobs, name, blob, query, body)
        if blob is None:
            return self.refuse(404, 'BlobNotFound')
        if self.command == 'DELETE':
            if blob.snapshots and self.headers.get('x-ms-delete-snapshots') is None:
                return self.refuse(409, 'SnapshotsPresent')
            del blobs[name]
            return self.answer(202)
        data, status = blob.data, 200
        headers = [('ETag', blob.etag), ('Last-Modified', formatdate(blob.time, usegmt=True)),
                   ('Content-Type', 'application/octet-stream'), ('Accept-Ranges', 'bytes'),
                   ('x-ms-blob-type', 'BlockBlob'), ('x-ms-creation-time', formatdate(blob.time, usegmt=True))]
        wanted = self.headers.get('x-ms-range') or self.headers.get('Range')
        if wanted and self.command == 'GET':
            first, last = wanted[6:].split('-')
            if int(first) >= len(data):
                return self.refuse(416, 'InvalidRange')
            whole, data, status = len(data), data[int(first):int(last) + 1 if last else None], 206
            headers.append(('Content-Range', 'bytes %d-%d/%d' % (int(first), int(first) + len(data) - 1, whole)))
        self.answer(status, data, headers + [('Content-Length', str(len(data)))])

    def put(self, blobs, name, blob, query, body):
        if query.get('comp') == 'block':
            BLOCKS[query['blockid']] = body
            return self.answer(201)
        if query.get('comp') == 'blocklist':
            body = b''.join(BLOCKS[one.text] for one in ElementTree.fromstring(body))
        elif query.get('comp'):
            return self.answer(200)
        if blob is not None and self.headers.get('If-None-Match') == '*':
            return self.refuse(409, 'BlobAlreadyExists')
        blobs[name] = new = Blob(body)
        self.answer(201, headers=[('ETag', new.etag), ('Last-Modified', formatdate(new.time, usegmt=True))])

    def grant(self, how):
        token = 'token-%d' % len(GRANTS)
        GRANTS.append(how)
        TOKENS.add(token)
        return token

    def give_token(self, path, form):
        def refuse(error):
            self.answer(401, json.dumps({'error': error, 'error_description': 'AADSTS: %s' % form}).encode())
        if path != '/%s/oauth2/v2.0/token' % TENANT or form.get('scope') != 'https://storage.azure.com/.default':
            return refuse('invalid_request')
        if form.get('client_id') != CLIENT or form.get('grant_type') != 'client_credentials':
            return refuse('unauthorized_client')
        how = None
        if form.get('client_secret') == SECRET:
            how = 'secret'
        elif form.get('client_assertion_type') == 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer':
            how = self.judge(form['client_assertion'])
        if not how:
            return refuse('invalid_client')
        self.answer(200, json.dumps(
            {'token_type': 'Bearer', 'expires_in': 3599, 'access_token': self.grant(how)}).encode())

    def judge(self, assertion):
        if assertion == WORKLOAD:
            return 'workload'
        decode = lambda text: base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
        try:
            certificate = load_pem_x509_certificate(open(CERTIFICATE, 'rb').read())
            head, claims, signature = assertion.split('.')
            certificate.public_key().verify(decode(signature), ('%s.%s' % (head, claims)).encode(), padding.PKCS1v15(),
                                            hashes.SHA256())
            head, claims = json.loads(decode(head)), json.loads(decode(claims))
        except Exception as error:
            print(repr(error))
            return None
        audience = 'https://login.microsoftonline.com/%s/oauth2/v2.0/token' % TENANT
        right = (head['alg'] == 'RS256' and decode(head['x5t']) == certificate.fingerprint(hashes.SHA1())
                 and claims['aud'] == audience and claims['iss'] == claims['sub'] == CLIENT and claims['jti']
                 and claims['nbf'] <= time.time() < claims['exp'])
        return 'certificate' if right else None

    def give_identity(self, path, query):
        shown = (self.headers.get('Metadata') == 'true' if path.startswith('/metadata')
                 else self.headers.get('X-IDENTITY-HEADER') == HEADER)
        if not shown or query.get('resource') != 'https://storage.azure.com':
            return self.answer(400, b'{"error": "invalid_request"}')
        self.answer(200, json.dumps({'access_token': self.grant(path), 'expires_in': '86399',
                                     'token_type': 'Bearer'}).encode())


BLOCKS = {}
tunnel.run(Handler, globals())
