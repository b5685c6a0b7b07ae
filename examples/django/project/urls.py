"""Where things are."""

from django.urls import path

from jobs import hirefire, views

urlpatterns = [
    path("", views.home, name="home"),
    path("jobs/", views.add, name="add"),
    path("hirefire", hirefire.info),
    path("hirefire/<str:token>/info", hirefire.info),
]
