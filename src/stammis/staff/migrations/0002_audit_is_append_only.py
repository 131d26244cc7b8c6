from django.db import migrations

from stammis.kit.tables import append_only


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]

    operations = [append_only("staff_audit")]
