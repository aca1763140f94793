"""Backblaze B2 for tests: an HTTP front of b2sdk's own simulator, whose code judges each call.

The simulator checks tokens, capabilities, buckets and prefixes of keys; what is added here is HTTP, the names of errors
(Backblaze's API reference), the check of downloads that the simulator leaves out, and small pages.
"""
import base64
import hashlib
import io
import json
import os
import time
from urllib.parse import parse_qs, unquote, urlsplit

import tunnel
from b2sdk._internal.raw_simulator import RawSimulator
from b2sdk._internal.exception import (AccessDenied, B2Error, FileNotPresent, InvalidAuthToken, NonExistentBucket,
                                       Unauthorized)

b2 = RawSimulator()
ID, KEY = b2.create_account()
PAGE = int(os.environ.get('PAGE', '1000'))
UPLOADS = {}
FAULTS = []


def token(key_id=ID, key=KEY):
    return b2.authorize_account('production', key_id, key)['authorizationToken']


def make_bucket(name):
    b2.create_bucket(b2.API_URL, token(), ID, name, 'allPrivate')
    bucket = b2._get_bucket_by_name(name)
    # The simulator counts; here files have the time.
    bucket.upload_timestamp_counter = iter(lambda: int(time.time() * 1000), None)
    return bucket


def make_key(capabilities, buckets=None, prefix=None):
    ids = buckets and [b2._get_bucket_by_name(name).bucket_id for name in buckets]
    key = b2.create_key(b2.API_URL, token(), ID, capabilities, 'key', None, ids, prefix)
    print(key['applicationKeyId'], key['applicationKey'])


def put(bucket, name, path):
    data = open(path, 'rb').read()
    own = token()
    url = b2.get_upload_url(b2.API_URL, own, b2._get_bucket_by_name(bucket).bucket_id)['uploadUrl']
    b2.upload_file(url, url, name, len(data), 'application/octet-stream', hashlib.sha1(data).hexdigest(), {},
                   io.BytesIO(data))


def versions(bucket, name=''):
    files = b2._get_bucket_by_name(bucket).file_name_and_id_to_file
    return [files[key] for key in sorted(files) if not name or key[0] == name]


def remove(bucket, name):
    own = token()
    for file in versions(bucket, name):
        b2.delete_file_version(b2.API_URL, own, file.file_id, name)


def expire_tokens():
    for one in list(b2.auth_token_to_key):
        b2.expire_auth_token(one)


class Handler(tunnel.Handler):
    def refuse(self, status, code):
        self.answer(status, json.dumps({'status': status, 'code': code, 'message': 'refused'}).encode())

    def give(self, value):
        self.answer(200, json.dumps(value, default=list).encode(), [('Content-Type', 'application/json')])

    def base(self, host):
        return 'https://%s.backblazeb2.com' % host if self.host else 'http://127.0.0.1:%d' % PORT

    def serve(self, body):
        path = urlsplit(self.path).path
        given = self.headers.get('Authorization', '')
        if FAULTS and FAULTS[0][0] in path:
            return self.refuse(*FAULTS.pop(0)[1:])
        try:
            if path.startswith('/file/'):
                self.download(path, given)
            elif path.endswith('/b2_download_file_by_id'):
                self.download_version(parse_qs(urlsplit(self.path).query)['fileId'][0], given)
            elif path.startswith('/upload/'):
                self.upload(path, given, body)
            elif path.endswith('/b2_authorize_account'):
                self.authorize(path, given)
            elif given not in b2.auth_token_to_key:
                self.refuse(401, 'bad_auth_token')
            else:
                self.give(self.call(path.rsplit('/', 1)[1], given, json.loads(body)))
        except InvalidAuthToken:
            self.refuse(401, 'expired_auth_token')
        except Unauthorized:
            self.refuse(401, 'unauthorized')
        except AccessDenied:
            self.refuse(403, 'access_denied')
        except NonExistentBucket:
            self.refuse(*((404, 'not_found') if path.startswith('/file/') else (400, 'bad_bucket_id')))
        except FileNotPresent:
            self.refuse(*((404, 'not_found') if path.startswith('/file/') else (400, 'file_not_present')))
        except (B2Error, AssertionError, KeyError) as error:
            self.refuse(400, 'bad_request')
            print(repr(error))

    def authorize(self, path, given):
        key_id, _, key = base64.b64decode(given.split()[1]).decode().partition(':')
        try:
            answer = b2.authorize_account('production', key_id, key)
        except InvalidAuthToken:
            return self.refuse(401, 'unauthorized')
        # A copy: the simulator keeps the list of buckets in it.
        answer = json.loads(json.dumps(answer, default=list))
        storage = answer['apiInfo']['storageApi']
        storage.update(apiUrl=self.base('api000'), downloadUrl=self.base('f000'))
        if '/v1/' in path or '/v2/' in path:
            allowed = storage['allowed']
            bucket = (allowed.pop('buckets') or [{'id': None, 'name': None}])[0]
            allowed.update(bucketId=bucket['id'], bucketName=bucket['name'])
            answer.update(storage, minimumPartSize=storage['recommendedPartSize'])
        self.give(answer)

    def allow(self, given, capability, bucket_id, name=None):
        b2._assert_account_auth(b2.API_URL, given, b2.auth_token_to_key[given].account_id, capability, bucket_id,
                                name)

    def download(self, path, given):
        if given not in b2.auth_token_to_key:
            return self.refuse(401, 'bad_auth_token')
        _, _, bucket, name = path.split('/', 3)
        bucket = b2._get_bucket_by_name(bucket)
        self.allow(given, 'readFiles', bucket.bucket_id, unquote(name))
        with bucket.download_file_by_name(given, unquote(name), self.path) as response:
            data, headers = response.data_bytes, dict(response.headers)
        wanted, status = self.headers.get('Range'), 200
        if wanted:
            first, last = wanted[6:].split('-')
            if int(first) >= len(data):
                return self.refuse(416, 'range_not_satisfiable')
            data, status = data[int(first):int(last) + 1 if last else None], 206
        headers['content-length'] = str(len(data))
        self.answer(status, data, list(headers.items()))

    def download_version(self, file_id, given):
        if given not in b2.auth_token_to_key:
            return self.refuse(401, 'bad_auth_token')
        if file_id not in b2.file_id_to_bucket_id:
            return self.refuse(404, 'not_found')
        bucket = b2._get_bucket_by_id(b2.file_id_to_bucket_id[file_id])
        self.allow(given, 'readFiles', bucket.bucket_id, bucket.file_id_to_file[file_id].name)
        with bucket.download_file_by_id(given, file_id, self.path) as response:
            data, headers = response.data_bytes, dict(response.headers)
        headers['content-length'] = str(len(data))
        self.answer(200, data, list(headers.items()))

    def upload(self, path, given, body):
        own, fields = UPLOADS.get(path), self.headers
        if given != own:
            return self.refuse(401, 'bad_auth_token')
        information = {name[10:].lower(): unquote(value) for name, value in fields.items()
                       if name.lower().startswith('x-bz-info-')}
        checksum = fields['X-Bz-Content-Sha1']
        length = len(body)
        if checksum not in ('hex_digits_at_end',) and hashlib.sha1(body).hexdigest() != checksum:
            return self.refuse(400, 'bad_request')
        self.give(b2.upload_file(own, own, unquote(fields['X-Bz-File-Name']), length, fields['Content-Type'], checksum,
                                 information, io.BytesIO(body)))

    def call(self, name, given, members):
        get, bucket_id = members.get, members.get('bucketId')
        if name == 'b2_list_buckets':
            return b2.list_buckets(b2.API_URL, given, get('accountId'), bucket_id, get('bucketName'))
        if name == 'b2_list_file_names':
            return b2.list_file_names(b2.API_URL, given, bucket_id, get('startFileName') or get('prefix') or None,
                                      min(get('maxFileCount') or 100, PAGE), get('prefix') or None)
        if name == 'b2_list_file_versions':
            return b2.list_file_versions(b2.API_URL, given, bucket_id, get('startFileName') or get('prefix') or None,
                                         get('startFileId') or None, get('maxFileCount'), get('prefix') or None)
        if name == 'b2_get_file_info':
            return b2.get_file_info_by_id(b2.API_URL, given, get('fileId'))
        # The simulator checks these without the bucket, and so refuses every key that is restricted to one.
        if name == 'b2_get_upload_url':
            self.allow(given, 'writeFiles', bucket_id)
            place = b2._get_bucket_by_id(bucket_id).get_upload_url(given)
            path = '/upload/%d' % len(UPLOADS)
            UPLOADS[path] = place['uploadUrl']
            return dict(place, uploadUrl=self.base('pod000') + path)
        if name == 'b2_hide_file':
            self.allow(given, 'writeFiles', bucket_id, get('fileName'))
            hidden = b2._get_bucket_by_id(bucket_id).hide_file(given, get('fileName'))
            b2.file_id_to_bucket_id[hidden['fileId']] = bucket_id
            return hidden
        if name == 'b2_delete_file_version':
            bucket_id = b2.file_id_to_bucket_id.get(get('fileId'))
            if not bucket_id:
                raise FileNotPresent(file_id_or_name=get('fileId'))
            self.allow(given, 'deleteFiles', bucket_id, get('fileName'))
            return b2._get_bucket_by_id(bucket_id).delete_file_version(given, get('fileId'), get('fileName'))
        raise KeyError(name)


tunnel.run(Handler, globals())
